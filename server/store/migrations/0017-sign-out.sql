-- The person signed out of the session that a grant was made in: nothing of it can be used any more, though the app need not
-- ask again next time. Apps with offline_access go on.
alter table grant_ add column ended timestamptz;
create index grant_session on grant_ (session) where session is not null;
