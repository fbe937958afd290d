-- Write what is known of one ad object, with the ledger line and the timeline entries that follow from it, unless somebody wrote it
-- meanwhile. A person's decision on drift is a line of the chain: it changes what we believe is allocated, though no balance.
-- KEYS[1] head; KEYS[2] ledger; KEYS[3] accounts; KEYS[4] holds; KEYS[5] book hash (version, book); KEYS[6..8] timeline
-- ARGV[1] version it was read with, empty for a new one; ARGV[2] new version; ARGV[3] the book as JSON; ARGV[4] new timeline epoch;
-- ARGV[5] ledger entry as JSON { kind, account, amount, meta }, empty for none; ARGV[6] prefix of its line's id; ARGV[7] and on: bodies
-- Returns 1 written, 0 it has moved on: nothing changed, -1 money writes are stopped
-- @include redis-time
-- @include append-timeline
-- @include money-rows
-- @include money-write
if (redis.call('HGET', KEYS[5], 'version') or '') ~= ARGV[1] then return 0 end
if ARGV[5] ~= '' then
  if redis.call('HGET', KEYS[1], 'frozenReason') then return -1 end
  local note = cjson.decode(ARGV[5])
  local entry = { kind = note.kind, debit = note.account, credit = note.account, amount = note.amount, meta = note.meta }
  local code = fold(entry)
  if code then error('drift ' .. code) end
  writeLines({ entry }, ARGV[6], text(redisNowMs()))
  redis.call('HINCRBY', KEYS[1], 'revision', 1)
end
redis.call('HSET', KEYS[5], 'version', ARGV[2], 'book', ARGV[3])
for i = 7, #ARGV do appendTimeline(6, ARGV[i], ARGV[4]) end
return 1
