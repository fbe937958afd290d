-- Count a batch once: remember its ids and sequence marks and add its cells, or write nothing and name what is known,
-- out of sequence or too old. Safe to retry with the same arguments.
-- KEYS[1] ids, this generation; [2] ids, previous generation; [3] producers; [4] changes; [5] sources; [6] seen;
--   [7] registers; then one key a slice; then one key a register
-- ARGV, read in order: generation number and its length in ms; oldest event ms and horizon ms by id; the same by sequence;
--   largest number of ids; n ids; n × (producer, epoch, seq, reply); n × (source, newest ms, accepted, late, duplicates,
--   rejected, types); n seen fields; n × (slice expiry ms, m cells, m × (cell, delta));
--   n × (register key number, op, field, revision, id, value); n register names; changes as JSON
-- Returns { 1, now } applied · { -1, now, id … } known ids · { -2, now, { number, kind, expected, reply } … } sequence
--   · { -3, now } older than it may be, or the generation turned · { -4, now, count } too many ids
local at = 0
local function take() at = at + 1 return ARGV[at] end
local function takeNumber() return tonumber(take()) end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local generation, generationMs = takeNumber(), takeNumber()
local oldestById, horizonById = takeNumber(), takeNumber()
local oldestBySeq, horizonBySeq = takeNumber(), takeNumber()
local idsMax = takeNumber()
if math.floor(now / generationMs) ~= generation then return { -3, now } end
if oldestById > 0 and now - oldestById > horizonById then return { -3, now } end
if oldestBySeq > 0 and now - oldestBySeq > horizonBySeq then return { -3, now } end

local CHUNK = 1000 -- unpack fails near 8,000
local idCount = takeNumber()
local firstId = at + 1
at = at + idCount
local known = { -1, now }
for first = firstId, firstId + idCount - 1, CHUNK do
  local last = math.min(first + CHUNK - 1, firstId + idCount - 1)
  local here = redis.call('SMISMEMBER', KEYS[1], unpack(ARGV, first, last))
  local before = redis.call('SMISMEMBER', KEYS[2], unpack(ARGV, first, last))
  for i = 1, #here do
    if here[i] == 1 or before[i] == 1 then known[#known + 1] = ARGV[first + i - 1] end
  end
end
if #known > 2 then return known end
if idCount > 0 then
  local held = redis.call('SCARD', KEYS[1]) + redis.call('SCARD', KEYS[2])
  if held + idCount > idsMax then return { -4, now, held } end
end

-- @include check-sequence
-- Nothing is refused from here on: only writes.
for first = firstId, firstId + idCount - 1, CHUNK do
  redis.call('SADD', KEYS[1], unpack(ARGV, first, math.min(first + CHUNK - 1, firstId + idCount - 1)))
end
if idCount > 0 then redis.call('PEXPIREAT', KEYS[1], string.format('%d', (generation + 2) * generationMs), 'NX') end
for i = 0, tripleCount - 1 do
  local base = firstTriple + i * 4
  local producer = ARGV[base]
  redis.call('HSET', KEYS[3], producer .. '|epoch', ARGV[base + 1], producer .. '|seq', ARGV[base + 2], producer .. '|reply', ARGV[base + 3])
end
-- @include write-sources
for _ = 1, takeNumber() do redis.call('HSET', KEYS[6], take(), '1') end
-- Adds `count` cells of ARGV. One HSET a chunk says what they are now: half the log of one HINCRBY a cell, and a disk that is
-- given half as much keeps fewer people waiting. Sums stay below 2^53 (FOLD_MAX), where a double is exact.
local function addCells(key, count)
  while count > 0 do
    local some, names, pairs = math.min(count, CHUNK), {}, {}
    for i = 1, some do names[i] = ARGV[at + i * 2 - 1] end
    local held = redis.call('HMGET', key, unpack(names))
    for i = 1, some do
      local delta = ARGV[at + i * 2]
      pairs[i * 2 - 1] = names[i]
      pairs[i * 2] = held[i] and string.format('%.0f', tonumber(held[i]) + tonumber(delta)) or delta
    end
    redis.call('HSET', key, unpack(pairs))
    at, count = at + some * 2, count - some
  end
end
local sliceCount = takeNumber()
for i = 1, sliceCount do
  local key, expiresAt, cells = KEYS[7 + i], take(), takeNumber()
  if tonumber(expiresAt) > now then
    addCells(key, cells)
    redis.call('PEXPIREAT', key, expiresAt, 'NX')
  else
    at = at + cells * 2 -- no longer kept at this resolution; coarser ones still are
  end
end
-- @include write-registers
for _ = 1, takeNumber() do redis.call('SADD', KEYS[7], take()) end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', '6000', '*', 'c', take())
return { 1, now }
