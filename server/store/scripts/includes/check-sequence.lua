-- Reads n × (producer, epoch, seq, reply) and answers what is not exactly the next body of its producer. Needs take,
-- takeNumber, at, now; KEYS[3] producers. Leaves firstTriple and tripleCount for the writes.
local tripleCount = takeNumber()
local firstTriple = at + 1
at = at + tripleCount * 4
local problems = { -2, now }
for i = 0, tripleCount - 1 do
  local base = firstTriple + i * 4
  local producer, epoch, seq = ARGV[base], tonumber(ARGV[base + 1]), tonumber(ARGV[base + 2])
  local mark = redis.call('HMGET', KEYS[3], producer .. '|epoch', producer .. '|seq')
  local lastEpoch, lastSeq = tonumber(mark[1] or '0'), tonumber(mark[2] or '0')
  if epoch > lastEpoch then lastEpoch, lastSeq = epoch, 0 end
  if epoch < lastEpoch then
    problems[#problems + 1] = { i, 'fenced', lastEpoch, '' }
  elseif seq <= lastSeq then
    local reply = seq == lastSeq and redis.call('HGET', KEYS[3], producer .. '|reply') or ''
    problems[#problems + 1] = { i, 'duplicate', lastSeq, reply or '' }
  elseif seq > lastSeq + 1 then
    problems[#problems + 1] = { i, 'gap', lastSeq + 1, '' }
  end
end
if #problems > 2 then return problems end
