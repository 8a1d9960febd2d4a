-- The number of the card somebody has at a vendor, as last read.
ALTER TABLE holder ADD COLUMN card TEXT;

-- Seats that a vendor counts, as last read; null where it counts none.
ALTER TABLE integration_status ADD COLUMN seats_json TEXT NOT NULL DEFAULT 'null';
