#!lua flags=allow-oom
--[[
  Forgets consumers of a feed, but none that entries are with: they would be forgotten too.

  KEYS  1 feed
  ARGV  1 consumer group   2 name of a consumer
        3 '' = forget that one, or ms = forget all others that have not been seen for so long
  Output number of consumers forgotten
]]
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
-- No feed, or no group: nobody to forget.
if consumers.err then return 0 end
local forgotten = 0
for _, consumer in ipairs(consumers) do
  local fields = {}
  for i = 1, #consumer, 2 do fields[consumer[i]] = consumer[i + 1] end
  local is_named = fields.name == ARGV[2]
  local is_meant = is_named
  if ARGV[3] ~= '' then is_meant = not is_named and fields.idle >= tonumber(ARGV[3]) end
  if is_meant and fields.pending == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], fields.name)
    forgotten = forgotten + 1
  end
end
return forgotten
