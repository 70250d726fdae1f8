-- What a careful author writes in Lua: five patterns over the whole body, each match replaced by stars.
-- The length stays, so that the protobuf stays readable.
local patterns = {
  -- E-mail. The frontier %f lets it start at the first letter of a word only: without it, it costs three times as much.
  "%f[%w._-][%w._-]+@[%w-]+%.[%w.-]+",
  "%d%d%d%d[ -]?%d%d%d%d[ -]?%d%d%d%d[ -]?%d%d%d%d",  -- card
  "%d+%.%d+%.%d+%.%d+",                               -- IPv4
  "%d%d%d%-%d%d%-%d%d%d%d",                           -- US SSN
  "AKIA%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u%u",             -- AWS access key
}

local function stars(found)
  return string.rep("*", #found)
end

function envoy_on_request(request)
  local body = request:body()
  local text = body:getBytes(0, body:length())
  for _, pattern in ipairs(patterns) do
    text = string.gsub(text, pattern, stars)
  end
  body:setBytes(text)
end
