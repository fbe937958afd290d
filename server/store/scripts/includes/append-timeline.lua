-- Appends one entry to the timeline inside the caller's atomic step, so that a change and its entry cannot part.
-- at: index of the first of three neighbouring KEYS: timeline:seq, timeline:epoch, timeline (the stream)
-- body: the entry as a JSON object without `seq` and `atMs` (store/timeline.ts builds it); never decoded here, so no number loses digits
-- newEpoch: a random id, kept only when this instance has no timeline yet
-- Returns the entry's seq as text: gap-free from 1, also the stream id `<seq>-0`. Time is Redis time.
local function appendTimeline(at, body, newEpoch)
  redis.call('SET', KEYS[at + 1], newEpoch, 'NX')
  local seq = string.format('%.0f', redis.call('INCR', KEYS[at]))
  local time = redis.call('TIME')
  local atMs = time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
  local entry = '{"seq":' .. seq .. ',"atMs":' .. atMs .. ',' .. string.sub(body, 2)
  redis.call('XADD', KEYS[at + 2], 'MAXLEN', '~', '200000', seq .. '-0', 'entry', entry)
  return seq
end
