#!lua flags=allow-oom
--[[
  Forgets a consumer of a feed, unless entries are with it: they would be forgotten too.

  KEYS  1 feed
  ARGV  1 consumer group  2 consumer   3 how long it must not have been seen, in ms
  Output 1 forgotten, 0 left
]]
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local fields = {}
  for i = 1, #consumer, 2 do fields[consumer[i]] = consumer[i + 1] end
  if fields.name == ARGV[2] and fields.pending == 0 and fields.idle >= tonumber(ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
    return 1
  end
end
return 0
