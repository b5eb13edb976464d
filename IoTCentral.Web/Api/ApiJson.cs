using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IoTCentral.Web.Api;

/// <summary>How the API writes and reads JSON: camel case, nothing for null, no deeper than anybody needs.</summary>
internal static class ApiJson
{
    /// <summary>Bodies above this are refused with 413; a large device template has some 100 KB.</summary>
    public const long MaxBody = 4 * 1024 * 1024;

    /// <summary>Levels of objects and lists in each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>Content type of merge patches; plain JSON is taken as well.</summary>
    public const string Patch = "application/merge-patch+json";

    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = MaxDepth;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.AllowDuplicateProperties = false;
        // answers are application/json, never part of a page
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return options;
    }
}
