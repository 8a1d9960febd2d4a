-- Makers of one resource's bookings queue as everybody else does, in `turn`.
DROP TABLE resource_turn;
