-- The language that people read, BCP 47: mails to them are in it. Absent until it is known.
alter table account add column language text;
alter table outbox add column language text;
