#!lua flags=no-writes
--[[
  Who waits for what, who is there, and which services are being served.

  KEYS  1 prefix of the routing table
  ARGV  1 services at most
  Output {{{requirement, waiting, since ms or '', agents who fit and are ready}, …}, {{agent, nickname, ready, load, capacity}, …},
          {service, …}}
]]
local P = KEYS[1]
local HEAD = 32
local most = tonumber(ARGV[1])
local queues, agents, services, seen = {}, {}, {}, {}
local function add(service)
  if #services < most and not seen[service] then
    seen[service] = true
    services[#services + 1] = service
  end
end
for _, req in ipairs(redis.call('SMEMBERS', P .. 'reqs')) do
  local waiting = redis.call('ZCARD', P .. 'q:' .. req)
  local ready = redis.call('SCARD', P .. 'here:' .. req) + redis.call('ZCARD', P .. 'last:' .. req)
  local since
  if waiting > 0 then
    -- Those of a higher priority come first: the one that has waited longest is near the head, if not at it.
    for _, service in ipairs(redis.call('ZRANGE', P .. 'q:' .. req, 0, math.max(most, HEAD) - 1)) do
      local at = redis.call('HGET', P .. 's:' .. service, 'since')
      if at and (not since or tonumber(at) < tonumber(since)) then since = at end
      add(service)
    end
  end
  queues[#queues + 1] = {req, waiting, since or '', ready}
end
for _, agent in ipairs(redis.call('SMEMBERS', P .. 'agents')) do
  local a = redis.call('HMGET', P .. 'a:' .. agent, 'nick', 'ready', 'cap')
  if a[1] then
    agents[#agents + 1] = {agent, a[1], a[2], redis.call('SCARD', P .. 'load:' .. agent), a[3]}
    for _, service in ipairs(redis.call('SMEMBERS', P .. 'load:' .. agent)) do add(service) end
  end
end
return {queues, agents, services}
