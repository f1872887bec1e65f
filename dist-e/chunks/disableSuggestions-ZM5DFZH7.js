import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import"./chunk-YPOYGYAD.js";import"./chunk-NRAWFAHZ.js";function s(){return{__internal_plugin_id__:"DisableSuggestions",__is_disabled_plugin__:!1,async requestDidStart(){return{async validationDidStart(){return async i=>{i?.forEach(e=>{e.message=e.message.replace(/ ?Did you mean(.+?)\?$/,"")})}}}}}}export{s as ApolloServerPluginDisableSuggestions};
//# sourceMappingURL=disableSuggestions-ZM5DFZH7.js.map
