-- Keep a seal of a range of ledger lines, unless some node has sealed it already.
-- KEYS[1] head; KEYS[2] seals
-- ARGV[1] last line sealed before, 0 for none; ARGV[2] last line of this seal; ARGV[3] seal as JSON; ARGV[4] print of the key
-- Returns 1 kept, 0 another seal was faster, -1 another key seals this ledger
if redis.call('HSETNX', KEYS[1], 'sealKey', ARGV[4]) == 0 and redis.call('HGET', KEYS[1], 'sealKey') ~= ARGV[4] then return -1 end
if (redis.call('HGET', KEYS[1], 'sealedSeq') or '0') ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[2], ARGV[2] .. '-0', 'seal', ARGV[3])
redis.call('HSET', KEYS[1], 'sealedSeq', ARGV[2])
return 1
