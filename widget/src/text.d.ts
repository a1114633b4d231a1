// The loader carries its style sheet as text; the build minifies it.
declare module "*/embed.css" {
  const text: string;
  export default text;
}
