-- The sites of an account, as its vendor listed them at the last sign-in.
ALTER TABLE vendor_login ADD COLUMN sites_json TEXT NOT NULL DEFAULT '[]';

-- Whoever makes what may be there only once counts up its row first, so that racing makers queue. The tenant is empty for
-- what an installation has once.
CREATE TABLE turn (
  network_id TEXT NOT NULL,
  name TEXT NOT NULL,
  turns BIGINT NOT NULL,
  PRIMARY KEY (network_id, name)
);
