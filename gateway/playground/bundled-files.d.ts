// Modules that build.mjs creates from files that are not code.

declare module '*.graphql' {
  const text: string;
  export default text;
}

declare module '*.css' {}
