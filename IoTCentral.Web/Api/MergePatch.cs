using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;

namespace IoTCentral.Web.Api;

/// <summary>
/// The body of a PATCH (RFC 7396): members that are there change, null removes, members that are not there stay. Takes
/// <c>application/json</c> and <c>application/merge-patch+json</c>.
/// </summary>
internal sealed class MergePatch
{
    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = ApiJson.MaxDepth,
        AllowDuplicateProperties = false,
    };
    private readonly JsonObject _body;
    private readonly string _path;
    private readonly List<Fault> _faults;

    private MergePatch(JsonObject body, string path, List<Fault> faults)
    {
        _body = body;
        _path = path;
        _faults = faults;
    }

    public JsonObject Body => _body;

    /// <exception cref="BadHttpRequestException">The body is no JSON object.</exception>
    /// <inheritdoc cref="ApiBody.ReadAsync"/>
    public static async ValueTask<MergePatch?> BindAsync(HttpContext context)
    {
        var json = await ApiBody.ReadAsync(context);
        return JsonNode.Parse(json.Span, null, Strict) is JsonObject body
            ? new MergePatch(body, "", [])
            : throw new BadHttpRequestException("The body must be a JSON object.");
    }

    public bool Has(string name) => _body.ContainsKey(name);

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
        if (_body[name] is JsonArray list)
        {
            foreach (var node in list)
            {
                if (node is JsonValue value && value.TryGetValue<string>(out var text))
                    texts.Add(text);
                else
                    _faults.Add(new(_path + name, "It must be a list of texts."));
            }
        }
        else if (_body[name] is not null)
            _faults.Add(new(_path + name, "It must be a list of texts."));
        return texts;
    }

    /// <summary>The object that a member is, for reading its own members; null when it is not there or null. Its faults are this one's.</summary>
    public MergePatch? Object(string name)
    {
        if (_body[name] is JsonObject inner)
            return new MergePatch(inner, $"{_path}{name}.", _faults);
        if (_body[name] is not null)
            _faults.Add(new(_path + name, "It must be an object."));
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
        if (!_body.TryGetPropertyValue(name, out var node))
            return current;
        if (node is null)
            return removed;
        if (node is JsonValue value && read(value) is (true, var result))
            return result;
        _faults.Add(new(_path + name, $"It must be {kind}."));
        return current;
    }
}
