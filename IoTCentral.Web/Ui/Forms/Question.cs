namespace IoTCentral.Web.Ui.Forms;

/// <summary>A question before an act that cannot be taken back.</summary>
/// <param name="Title">The question, e.g. "Delete Dairy 1?".</param>
/// <param name="Text">What goes and what stays.</param>
/// <param name="Act">The button says what it does: "Delete device".</param>
public sealed record Question(string Title, string Text, string Act)
{
    /// <summary>Something goes for good; the button is red.</summary>
    public bool IsDestructive { get; init; } = true;

    /// <summary>The name that must be typed first; null: a click is enough.</summary>
    public string? TypeName { get; init; }
}
