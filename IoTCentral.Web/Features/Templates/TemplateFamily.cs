using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates;

/// <summary>One version of a template.</summary>
public sealed record FamilyMember(int Version, TemplateListItem Item);

internal static class TemplateFamily
{
    /// <summary>All versions of the template that are stored, newest first; itself is among them once it is stored.</summary>
    public static async Task<IReadOnlyList<FamilyMember>> FamilyAsync(
        this TemplateBook book,
        Caller caller,
        DeviceTemplate template,
        CancellationToken ct
    ) =>
        [
            .. from item in await book.ListAsync(caller, ct)
            let id = Dtmi.TryParse(item.Id, out var parsed, out _) ? parsed : default
            where (id.Family ?? item.Id) == template.Family
            orderby id.Family is null ? 1 : id.Version descending
            select new FamilyMember(id.Family is null ? 1 : id.Version, item),
        ];

    /// <summary>What one version changes against another. Each version has its own model id: that is no news.</summary>
    public static IReadOnlyList<TemplateChange> Changes(DeviceTemplate before, DeviceTemplate after) =>
        [
            .. TemplateDiff
                .Between(before, after)
                .Where(c => before.Id == after.Id || c.Path is not null || c.Effect != ChangeEffect.Breaking),
        ];
}
