using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>
/// The body of a PATCH (RFC 7396): members that are there change, null removes, members that are not there stay. Takes
/// <c>application/json</c> and <c>application/merge-patch+json</c>.
/// </summary>
internal sealed class MergePatch(JsonObject body)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };
    private readonly List<Fault> _faults = [];

    public JsonObject Body => body;

    /// <exception cref="BadHttpRequestException">The body is no JSON object.</exception>
    public static async ValueTask<MergePatch?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new BadHttpRequestException("Send JSON.", StatusCodes.Status415UnsupportedMediaType);
        var node = await JsonNode.ParseAsync(context.Request.Body, null, Strict, context.RequestAborted);
        return node is JsonObject body
            ? new MergePatch(body)
            : throw new BadHttpRequestException("The body must be a JSON object.");
    }

    public bool Has(string name) => body.ContainsKey(name);

    /// <summary>Text of a member, or what there is now; null when the member says null.</summary>
    public string? Text(string name, string? current = null) =>
        Read(name, current, v => v.TryGetValue<string>(out var text) ? (true, text) : (false, null), "a text");

    /// <param name="removed">What the member is when nothing is said about it, which null makes it again.</param>
    public bool Flag(string name, bool current, bool removed) =>
        Read(
            name,
            current,
            v => v.TryGetValue<bool>(out var flag) ? (true, flag) : (false, current),
            "true or false",
            removed
        );

    /// <summary>The texts of a list; none when it is not there or null.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var texts = new List<string>();
        if (body[name] is JsonArray list)
        {
            foreach (var node in list)
            {
                if (node is JsonValue value && value.TryGetValue<string>(out var text))
                    texts.Add(text);
                else
                    _faults.Add(new(name, "It must be a list of texts."));
            }
        }
        else if (body[name] is not null)
            _faults.Add(new(name, "It must be a list of texts."));
        return texts;
    }

    /// <summary>The object that a member is, for reading its own members; null when it is not there or null.</summary>
    public MergePatch? Object(string name)
    {
        if (body[name] is JsonObject inner)
            return new MergePatch(inner);
        if (body[name] is not null)
            _faults.Add(new(name, "It must be an object."));
        return null;
    }

    /// <exception cref="InvalidRequestException"><c>api.invalid-body</c>: members of the wrong kind.</exception>
    public void Demand()
    {
        if (_faults.Count > 0)
            throw new InvalidRequestException("api.invalid-body", _faults);
    }

    private T Read<T>(
        string name,
        T current,
        Func<JsonValue, (bool Ok, T Value)> read,
        string kind,
        T removed = default!
    )
    {
        if (!body.TryGetPropertyValue(name, out var node))
            return current;
        if (node is null)
            return removed;
        if (node is JsonValue value && read(value) is (true, var result))
            return result;
        _faults.Add(new(name, $"It must be {kind}."));
        return current;
    }
}
