using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Ui.Tables;

public sealed partial class DataTable<TItem>
{
    private readonly List<TableColumn<TItem>> _columns = [];
    private bool _loading;

    /// <summary>The rows; null while they load, which shows a skeleton.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TItem>? Items { get; set; }

    /// <summary>What tells rows apart, e.g. <c>d => d.Id</c>.</summary>
    [Parameter, EditorRequired]
    public Func<TItem, object> Key { get; set; } = i => i!;

    /// <summary>The <see cref="TableColumn{TItem}"/>s.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Instead of a table without rows: an <c>EmptyState</c>.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    /// <summary>Name of the table for screen readers.</summary>
    [Parameter]
    public string? Label { get; set; }

    /// <summary>The rows are sorted by this, done by whoever loads them.</summary>
    [Parameter]
    public Sort? Sort { get; set; }

    [Parameter]
    public EventCallback<Sort> SortChanged { get; set; }

    /// <summary>There is a next page; shows "Show more".</summary>
    [Parameter]
    public bool HasMore { get; set; }

    /// <summary>Appends the next page to <see cref="Items"/>.</summary>
    [Parameter]
    public EventCallback OnMore { get; set; }

    /// <summary>Marks the row that is open beside the table.</summary>
    [Parameter]
    public Func<TItem, bool>? IsCurrent { get; set; }

    [Parameter]
    public string? Class { get; set; }

    internal void Add(TableColumn<TItem> column)
    {
        _columns.Add(column);
        StateHasChanged();
    }

    internal void Remove(TableColumn<TItem> column)
    {
        if (_columns.Remove(column))
            StateHasChanged();
    }

    internal void Changed() => StateHasChanged();

    private Task SortAsync(TableColumn<TItem> column) =>
        SortChanged.InvokeAsync(
            new Sort(column.SortKey!, Sort is { IsDescending: false } now && now.Key == column.SortKey)
        );

    private string? SortOf(TableColumn<TItem> column) =>
        column.SortKey is null || Sort?.Key != column.SortKey ? null
        : Sort.IsDescending ? "descending"
        : "ascending";

    private string Arrow(TableColumn<TItem> column) =>
        SortOf(column) switch
        {
            "ascending" => " ↑",
            "descending" => " ↓",
            _ => "",
        };

    private async Task MoreAsync()
    {
        _loading = true;
        try
        {
            await OnMore.InvokeAsync();
        }
        finally
        {
            _loading = false;
        }
    }
}

/// <summary>By what a list is sorted.</summary>
/// <param name="Key">The <see cref="TableColumn{TItem}.SortKey"/> of its column.</param>
public sealed record Sort(string Key, bool IsDescending = false);
