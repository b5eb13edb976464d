using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>Patches merge objects member by member; who sets a whole value means no more than its members.</summary>
public static class WholeValues
{
    /// <summary>
    /// The patch with null for each member that an object has <paramref name="now"/> and is to have no more, so that
    /// exactly its values stand afterwards. Components lose nothing: their members are properties.
    /// </summary>
    public static JsonObject Replacing(JsonObject now, JsonObject patch)
    {
        var whole = new JsonObject();
        foreach (var (name, value) in patch)
        {
            whole[name] =
                value is JsonObject component && component.ContainsKey("__t")
                    ? Replacing(now[name] as JsonObject ?? [], component)
                    : Whole(now[name], value);
        }

        return whole;
    }

    private static JsonNode? Whole(JsonNode? now, JsonNode? value)
    {
        if (value is not JsonObject members || now is not JsonObject former)
            return value?.DeepClone();
        var whole = new JsonObject();
        foreach (var (name, member) in members)
            whole[name] = Whole(former[name], member);
        foreach (var (name, _) in former)
        {
            if (!members.ContainsKey(name))
                whole[name] = null;
        }

        return whole;
    }
}
