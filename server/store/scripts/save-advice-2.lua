-- Keep what recommendations know. Only the node that holds the claim may; one that froze and lost it is refused.
-- KEYS[1] claim hash; KEYS[2] advice hash: rev, state
-- ARGV[1] holder; ARGV[2] version of its claim; ARGV[3] state as JSON
-- Returns the new rev as text; '' when the claim is not held
-- @include redis-time
-- @include held-claim
if not claimIsHeld(KEYS[1], ARGV[1], ARGV[2]) then return '' end
local rev = redis.call('HINCRBY', KEYS[2], 'rev', 1)
redis.call('HSET', KEYS[2], 'state', ARGV[3])
return string.format('%.0f', rev)
