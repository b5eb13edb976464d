using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Ui.Tables;

/// <summary>What a column is for; decides its place on a phone.</summary>
public enum ColumnRole
{
    /// <summary>More about the row; on a phone below the name, with its title.</summary>
    Detail,

    /// <summary>What the row is; first and strong.</summary>
    Name,

    /// <summary>The number that matters; at the end of the name's line.</summary>
    Value,

    /// <summary>A state chip; below the value.</summary>
    State,

    /// <summary>Left out on a phone.</summary>
    Wide,

    /// <summary>A box that chooses the row; before it, on a phone too.</summary>
    Pick,

    /// <summary>Buttons; at the end.</summary>
    Actions,
}

/// <summary>A column of a <see cref="DataTable{TItem}"/>; its content gets the row as <c>context</c>.</summary>
public sealed class TableColumn<TItem> : ComponentBase, IDisposable
{
    [Parameter]
    public string Title { get; set; } = "";

    [Parameter]
    public ColumnRole Role { get; set; }

    /// <summary>Right-aligned digits.</summary>
    [Parameter]
    public bool IsNumber { get; set; }

    /// <summary>The address that this cell, and with it the whole row, opens.</summary>
    [Parameter]
    public Func<TItem, string?>? Href { get; set; }

    /// <summary>Makes the title a button that sorts by this key; null: not sortable.</summary>
    [Parameter]
    public string? SortKey { get; set; }

    [Parameter]
    public RenderFragment<TItem>? ChildContent { get; set; }

    [CascadingParameter]
    private DataTable<TItem> Table { get; set; } = null!;

    internal string Class => $"iot-col-{Role.ToString().ToLowerInvariant()}{(IsNumber ? " iot-col-number" : "")}";

    protected override void OnInitialized() => Table.Add(this);

    public void Dispose() => Table.Remove(this);
}
