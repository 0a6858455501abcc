# The server alone: bring a PostgreSQL by DATABASE_URL, or keep the embedded one's files in a volume at /data.
FROM node:24-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data HOST=127.0.0.1 PORT=8080
WORKDIR /candela
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY server server
COPY profiles profiles
RUN mkdir -p /data && chown node:node /data && node server/cli.ts --help > /dev/null
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD node -e "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
CMD ["node", "server/cli.ts", "start"]
