-- How far the clock had come is read off the trail: what ended then stays ended when the clock is put back.
CREATE INDEX audit_by_time ON audit (at);
