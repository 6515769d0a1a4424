import tseslint from "typescript-eslint";

/** Who may import whom, lowest first; each realm sees only those named. See docs/architecture.md. */
const REALMS = {
  crypto: [],
  photo: ["crypto"],
  export: ["crypto", "photo"],
  api: ["crypto"],
  vault: ["crypto", "api", "photo"],
  transfer: ["crypto", "api", "photo", "export", "vault"],
  workers: ["crypto", "photo", "export", "api", "vault", "transfer"],
  opener: ["crypto", "photo", "export", "api", "vault", "ui"],
  ui: ["crypto", "photo", "export", "api", "vault", "transfer"],
  pages: ["crypto", "photo", "export", "api", "vault", "transfer", "ui"],
};

/** Ways around Trusted Types and the content security policy. */
const DANGEROUS_SYNTAX = [
  {
    selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|setHTMLUnsafe)$/]",
    message: "Build elements with lit or the DOM; text must never be read as markup.",
  },
  {
    selector: "CallExpression[callee.property.name=/^(write|writeln|createContextualFragment|parseFromString)$/][callee.object.name=/^(document|range|parser)$/]",
    message: "Build elements with lit or the DOM; text must never be read as markup.",
  },
  {
    selector: "CallExpression[callee.property.name='toLocaleString'][arguments.length=0]",
    message: "Numbers are written in the language of the page: numberText in static/src/ui/format.ts.",
  },
  { selector: "ImportExpression:not([source.type='Literal'])", message: "An import names its module, so that it can be checked." },
];

const NETWORK = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"].flatMap((name) => [
  { name, message: "Only static/src/api talks to the network." },
]);
const NETWORK_PROPERTIES = ["window", "self", "globalThis"]
  .flatMap((object) => NETWORK.map(({ name, message }) => ({ object, property: name, message })))
  .concat({ object: "navigator", property: "sendBeacon", message: "Only static/src/api talks to the network." });

function wallsOf(realm) {
  const others = Object.keys(REALMS).filter((other) => other !== realm && !REALMS[realm].includes(other));
  const patterns = [
    { regex: `^\\.{1,2}/(.*/)?(${others.join("|")})/`, message: `${realm} may not import from here.` },
    ...(realm === "crypto" || realm === "export" ? [{ group: ["virtual:*"], message: `${realm} is pure: it knows nothing of the build.` }] : []),
  ];
  return {
    files: [`static/src/${realm}/**/*.ts`],
    ignores: ["**/*.test.ts"],
    rules: { "no-restricted-imports": ["error", { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ["static/dist/**", "static/src/api/schema.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["static/src/**/*.ts"],
    rules: {
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-script-url": "error",
      "no-console": "error",
      eqeqeq: "error",
      "no-restricted-syntax": ["error", ...DANGEROUS_SYNTAX],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 40],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-expect-error": "allow-with-description" }],
    },
  },
  {
    files: ["static/src/**/*.ts"],
    ignores: ["static/src/api/**"],
    rules: {
      "no-restricted-globals": ["error", ...NETWORK],
      "no-restricted-properties": ["error", ...NETWORK_PROPERTIES],
    },
  },
  ...Object.keys(REALMS).map(wallsOf),
  { files: ["**/*.test.ts"], rules: { "max-lines-per-function": "off", "no-console": "off" } },
);
