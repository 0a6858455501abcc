-- An administrator let a client in that had registered itself. Those that others registered are known in any case.
alter table client add column approved boolean not null default false;
update client set approved = true
where source = 'registration' and state = 'active' and 'client_credentials' = any(grant_types);
