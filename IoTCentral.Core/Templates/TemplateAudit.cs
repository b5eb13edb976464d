using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;

namespace IoTCentral.Core.Templates;

/// <summary>Templates as the audit log tells of them: names, state and what changed, never the whole model.</summary>
internal static class TemplateAudit
{
    // a new model in place of another changes everything; the first lines say so
    private const int MaxChanges = 50;

    public static string Of(DeviceTemplate template) => Describe(template).ToJsonString();

    /// <summary>A draft that becomes usable is published; everything else is an update.</summary>
    public static AuditEntry OfChange(Caller caller, DeviceTemplate before, DeviceTemplate after)
    {
        var changes = TemplateDiff.Between(before, after);
        var told = Describe(after);
        told["changes"] = new JsonArray([.. changes.Take(MaxChanges).Select(c => JsonValue.Create(c.Text))]);
        if (changes.Count > MaxChanges)
            told["moreChanges"] = changes.Count - MaxChanges;
        return caller.Audit(
            after.IsPublished && !before.IsPublished ? "template.publish" : "template.update",
            after.Id,
            after.DisplayName,
            Of(before),
            told.ToJsonString()
        );
    }

    private static JsonObject Describe(DeviceTemplate template) =>
        new()
        {
            ["displayName"] = template.DisplayName,
            ["description"] = template.Description,
            ["model"] = template.ModelId,
            ["version"] = template.Version,
            ["status"] = template.IsPublished ? "published" : "draft",
        };
}
