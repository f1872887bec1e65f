// What build.mjs makes of files that are no code.

declare module '*.graphql' {
  const text: string;
  export default text;
}

declare module '*.css' {}
