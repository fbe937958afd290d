-- Put a dead letter back on its receiver's queue, once for each command.
-- KEYS[1..5] deliver: items, next, tails, claims, tries; KEYS[6] done; KEYS[7] queue; KEYS[8] age; KEYS[9] dead letters; KEYS[10] dead
-- letters by time; KEYS[11..13] timeline; KEYS[14] idempotency hash
-- ARGV[1] field; ARGV[2] order field; ARGV[3] value; ARGV[4] timeline body; ARGV[5] new epoch; ARGV[6] print; ARGV[7] ms the reply is kept
-- Returns { 'done' | 'replay' | 'mismatch' | 'missing', '' }
-- @include redis-time
-- @include delivery-queue
-- @include append-timeline
-- @include idempotency
local before = findReply(KEYS[14], ARGV[6])
if before then return before end
if redis.call('HDEL', KEYS[9], ARGV[1]) == 0 then return { 'missing', '' } end
redis.call('ZREM', KEYS[10], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[1])
pushDelivery(1, KEYS[7], KEYS[8], ARGV[1], ARGV[2], ARGV[3], redisNowMs())
appendTimeline(11, ARGV[4], ARGV[5])
return keepReply(KEYS[14], ARGV[6], ARGV[7], '')
