// Drives a witness program of circom 2 from within the engine, where a call of it costs nanoseconds.
// Each function returns a text: empty, or a letter that says what went wrong, and what there is to say about it.
(() => {
  "use strict";
  const kMostMessages = 32;
  const kMostMessageLength = 256;
  const kMostLineLength = 65536;

  // What circom's runtime.exceptionHandler is told; its numbers are circom's.
  class Refusal {
    constructor(code, messages) {
      this.code = code;
      this.messages = messages;
    }
  }

  function describe(error) {
    if (error instanceof Refusal) return `c${error.code}\n${error.messages.join("\n")}`;
    if (error instanceof WebAssembly.CompileError) return `d${error.message}`;
    if (error instanceof WebAssembly.LinkError) return `d${error.message}`;
    if (error instanceof InternalError) return "s";
    if (error === "out of memory") return "o";
    return `t${error.message}`;
  }

  function attempt(body) {
    try {
      return body();
    } catch (error) {
      return describe(error);
    }
  }

  // Puts the compiled module into result.module.
  const compile = (bytes, result) => attempt(() => {
    result.module = new WebAssembly.Module(bytes);
    return "";
  });

  // The numbers that say which program it is: into `out`, which has room for 4 and the prime's 8 words.
  const identify = (program, out) => attempt(() => {
    out[0] = program.getVersion();
    out[1] = program.getFieldNumLen32();
    out[2] = program.getWitnessSize();
    out[3] = program.getInputSize();
    program.getRawPrime();
    for (let i = 0; i < 8; i += 1) out[4 + i] = program.readSharedRWMemory(i);
    return "";
  });

  // signals: for each of them the two halves of its name's hash, upper first, and how many values it has. values: those,
  // 8 words each. witness: as many words as the program's witness has.
  const calculate = (program, signals, values, witness) => attempt(() => {
    const { writeSharedRWMemory, readSharedRWMemory, setInputSignal, getWitness } = program;
    program.init(1);
    let next = 0;
    for (let s = 0; s < signals.length; s += 3) {
      const high = signals[s] | 0, low = signals[s + 1] | 0, count = signals[s + 2];
      const size = program.getInputSignalSize(high, low) >>> 0;
      if (size === 0 && count !== 0) return `u${s / 3}`;
      if (size !== count) return `n${s / 3} ${size}`;
      for (let i = 0; i < count; i += 1) {
        for (let j = 0; j < 8; j += 1) writeSharedRWMemory(j, values[next + j] | 0);
        next += 8;
        setInputSignal(high, low, i);
      }
    }
    const wanted = program.getInputSize() >>> 0;
    if (next / 8 < wanted) return `m${next / 8} ${wanted}`;
    for (let i = 0, at = 0; at < witness.length; i += 1, at += 8) {
      getWitness(i);
      for (let j = 0; j < 8; j += 1) witness[at + j] = readSharedRWMemory(j);
    }
    return "";
  });

  // Puts the program's exports into result.program. log: called with each line; null if nobody wants them.
  const instantiate = (module, log, result) => attempt(() => {
    let program = null;
    const messages = [];
    let line = "";
    const message = () => {
      let text = "";
      while (text.length < kMostMessageLength) {
        const character = program.getMessageChar() & 0xff;
        if (character === 0) break;
        text += String.fromCharCode(character);
      }
      return text;
    };
    const number = () => {
      let value = 0n;
      for (let i = 7; i >= 0; i -= 1) value = (value << 32n) | BigInt(program.readSharedRWMemory(i) >>> 0);
      return String(value);
    };
    const add = (text) => {
      if (line.length < kMostLineLength) line += line === "" ? text : ` ${text}`;
    };
    const runtime = {
      exceptionHandler(code) {
        throw new Refusal(code | 0, messages);
      },
      printErrorMessage() {
        if (messages.length < kMostMessages) messages.push(message());
      },
      writeBufferMessage() {
        if (log === null) return;
        const text = message();
        if (text !== "\n") {
          add(text);
          return;
        }
        log(line);
        line = "";
      },
      showSharedRWMemory() {
        if (log !== null) add(number());
      },
    };
    program = new WebAssembly.Instance(module, { runtime }).exports;
    result.program = program;
    return "";
  });

  return { compile, identify, calculate, instantiate };
})()
