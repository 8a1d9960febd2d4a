-- A mail may carry a calendar entry.
ALTER TABLE mail ADD COLUMN body_calendar TEXT;
