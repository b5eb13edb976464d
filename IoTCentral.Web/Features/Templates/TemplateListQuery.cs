using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Api;

namespace IoTCentral.Web.Features.Templates;

/// <summary>Which templates a list shows and in which order, in either of IoT Central's spellings.</summary>
/// <param name="Condition">Null: all.</param>
/// <param name="IsDescending">By name; null: by id.</param>
internal sealed record TemplateListQuery(FieldCondition<TemplateField>? Condition, bool? IsDescending)
{
    private static readonly FilterFields<TemplateField> Fields = new(
        new Dictionary<string, TemplateField>(StringComparer.Ordinal)
        {
            ["id"] = TemplateField.Id,
            ["@id"] = TemplateField.Id,
            ["displayName"] = TemplateField.DisplayName,
        },
        Searched: [TemplateField.Id, TemplateField.DisplayName],
        Flags: []
    );

    /// <exception cref="ApiQueryException">filter or orderby cannot be read.</exception>
    public static ValueTask<TemplateListQuery?> BindAsync(HttpContext context) =>
        ValueTask.FromResult<TemplateListQuery?>(
            new(
                ListQuery.Text(context, "filter") is { } text ? FilterText.Parse(text, Fields) : null,
                ListQuery.IsDescending(context)
            )
        );

    /// <summary>What comes on the page asked for, and whether it is the last.</summary>
    public (IReadOnlyList<TemplateListItem> Shown, string? Next) Page(
        IEnumerable<TemplateListItem> templates,
        PageQuery page
    )
    {
        var all = templates
            .Where(t => Condition?.Holds(t) is not false)
            .Order(Comparer<TemplateListItem>.Create(Compare));
        var after = page.After is null ? null : ReadKey(page.After);
        var rest = all.Where(t => after is null || Compare(t, after) > 0).Take(page.Limit + 1).ToList();
        return rest.Count <= page.Limit
            ? (rest, null)
            : (rest[..page.Limit], $"{rest[page.Limit - 1].Id}\n{rest[page.Limit - 1].DisplayName}");
    }

    private int Compare(TemplateListItem one, TemplateListItem other)
    {
        var byName = string.Compare(one.DisplayName, other.DisplayName, StringComparison.OrdinalIgnoreCase);
        var byId = string.CompareOrdinal(one.Id, other.Id);
        return IsDescending switch
        {
            null => byId,
            false => byName != 0 ? byName : byId,
            true => byName != 0 ? -byName : -byId,
        };
    }

    /// <summary>The last template of the page before; ids have no line break.</summary>
    private static TemplateListItem ReadKey(string key) =>
        key.Split('\n', 2) is [var id, var name]
            ? new()
            {
                Id = id,
                DisplayName = name,
                Status = default,
                UpdatedAt = default,
            }
            : throw new ApiQueryException("The link to this page is damaged. Ask for the first page again.");
}
