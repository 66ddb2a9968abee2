// Loaded into an authority by the fault tests (`node --import`): blocks its event loop when it is told to.
const nothing = new Int32Array(new SharedArrayBuffer(4));
process.on("message", (message) => {
  if (message?.kind === "block") Atomics.wait(nothing, 0, 0, message.ms);
});
