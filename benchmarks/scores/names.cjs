// Loaded before the Observatory: two names lead to ports of this machine, and no other name leads
// anywhere. So it needs neither the ports 80 and 443 nor a name that everybody can look up.
"use strict";

const net = require("node:net");

const places = JSON.parse(process.env.POCKETVAULT_PLACES);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...words) {
  // Node calls this with what was given, or with the list that it already made of that.
  const listed = Array.isArray(words[0]);
  const options = listed ? words[0][0] : words[0];
  const place = places[`${options.host}:${options.port}`];
  const led = { ...options, host: "127.0.0.1", port: place ?? 1 };
  if (listed) {
    words[0][0] = led;
  } else {
    words[0] = led;
  }
  return connect.apply(this, words);
};
