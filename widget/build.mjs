// Bundles the loader, the chat panel and its style sheet into app/web/static, or into the folder given by --out.
// With --tests it bundles the unit tests into build/tests instead. Same input, same bytes: a test compares them.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transformSync } from "esbuild";

const BROWSERS = ["chrome90", "edge90", "firefox90", "safari15"];
const here = dirname(fileURLToPath(import.meta.url));

function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : resolve(process.argv[at + 1]);
}

/** The loader carries its style sheet as text inside the script. */
const styleAsText = {
  name: "style-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /embed\.css$/ }, ({ path }) => {
      const { code } = transformSync(readFileSync(path, "utf8"), { loader: "css", minify: true, target: BROWSERS });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const out = option("--out", join(here, "../app/web/static"));
const shared = { absWorkingDir: here, bundle: true, charset: "utf8", logLevel: "warning" };
const shipped = { ...shared, outdir: out, minify: true, target: ["es2020", ...BROWSERS], legalComments: "none" };

if (process.argv.includes("--tests")) {
  const tests = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...shared,
    entryPoints: tests.map((name) => join("tests", name)),
    outdir: option("--out", join(here, "build/tests")),
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    packages: "external",
  });
} else {
  await build({ ...shipped, entryPoints: { embed: "src/embed.ts", chat: "src/chat.ts" }, format: "iife", plugins: [styleAsText] });
  await build({ ...shipped, entryPoints: { chat: "src/chat.css" } });
}
