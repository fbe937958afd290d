-- Take one item off the due set, whether or not somebody has claimed it.
-- KEYS[1..3] due: items, claims, queue of the kind
-- ARGV[1] field `<kind>|<id>`; ARGV[2] id
-- Returns 1 when it was there, 0 when not
-- @include redis-time
-- @include due-work
return cancelDue(1, ARGV[1], ARGV[2])
