-- Create a person or an ingest key with its first credentials; one name, one principal.
-- KEYS[1] index hash, name key to id; KEYS[2] principal hash; KEYS[3] set of admins who can sign in
-- KEYS[4..6] timeline: seq, epoch, stream; KEYS[7..n] credential hashes
-- ARGV[1] name key; ARGV[2] id; ARGV[3] principal fields; ARGV[4] '1' when it is an admin
-- ARGV[5] entry body; ARGV[6] new timeline epoch; then for each credential: fields, life in ms ('' for ever)
-- Returns 1 created, -1 the name is taken
-- @include principal
-- @include append-timeline
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
setFields(KEYS[2], ARGV[3])
redis.call('HSET', KEYS[2], 'epoch', '1', 'createdAtMs', nowMs())
if ARGV[4] == '1' then redis.call('SADD', KEYS[3], ARGV[2]) end
for index = 7, #KEYS do
  local at = 7 + 2 * (index - 7)
  setCredential(KEYS[index], ARGV[at], '1', ARGV[at + 1])
end
appendTimeline(4, ARGV[5], ARGV[6])
return 1
