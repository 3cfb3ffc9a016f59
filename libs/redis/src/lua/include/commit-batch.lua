local function parts(id)
  local position, rest = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(position), tonumber(rest)
end
local function isAfter(a, b)
  local ap, an = parts(a)
  local bp, bn = parts(b)
  return ap > bp or (ap == bp and an > bn)
end
-- KEYS[1] is the client, KEYS[2] the chats of its user: the client has the batch, and so has the user. Adds what changes of
-- the client to the fields, and returns its places.
local function commit(words, fields)
  local places = {}
  for i = 4, #words, 3 do
    local service, last = words[i], words[i + 2]
    places[service] = last
    fields[#fields + 1] = 'k:' .. service
    fields[#fields + 1] = last
    local chat = redis.call('HGET', KEYS[2], service)
    if chat then
      local committed, rest = string.match(chat, '^(%S+) (.+)$')
      if isAfter(last, committed) then redis.call('HSET', KEYS[2], service, last .. ' ' .. rest) end
    end
  end
  fields[#fields + 1] = 'b'
  fields[#fields + 1] = ''
  fields[#fields + 1] = 'l'
  fields[#fields + 1] = words[4]
  return places
end
local function split(batch)
  local words = {}
  for word in string.gmatch(batch, '%S+') do words[#words + 1] = word end
  return words
end
