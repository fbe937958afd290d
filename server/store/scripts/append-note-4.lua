-- Append a person's note to the timeline. Safe to retry: one idempotency key takes effect once.
-- KEYS[1..3] timeline: seq, epoch, stream; KEYS[4] idempotency hash of this command
-- ARGV[1] entry body; ARGV[2] new epoch; ARGV[3] fingerprint of the command; ARGV[4] ms the reply is kept
-- Returns { 'done' | 'replay' | 'mismatch', entry as JSON }
-- @include append-timeline
-- @include idempotency
local before = findReply(KEYS[4], ARGV[3])
if before then return before end
local seq = appendTimeline(1, ARGV[1], ARGV[2])
local row = redis.call('XRANGE', KEYS[3], seq .. '-0', seq .. '-0')[1]
return keepReply(KEYS[4], ARGV[3], ARGV[4], row[2][2])
