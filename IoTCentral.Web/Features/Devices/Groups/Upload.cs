using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>Something signed that a person is asked to upload.</summary>
/// <param name="Title">Of the dialog.</param>
/// <param name="Text">What it is and where it comes from.</param>
/// <param name="Send">Takes PEM, or DER as base64; what it refuses is said beside the field.</param>
public sealed record Upload(string Title, string Text, Func<string, Task> Send)
{
    /// <summary>Name of the field.</summary>
    public required string Label { get; init; }

    /// <summary>What the service calls the field in its faults.</summary>
    public string Path { get; init; } = "certificate";

    /// <summary>Between the dashes of the PEM.</summary>
    public string PemLabel { get; init; } = "CERTIFICATE";

    /// <summary>What happens besides; null: nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The button says what it does.</summary>
    public required string Act { get; init; }

    /// <summary>Said afterwards.</summary>
    public required string Done { get; init; }

    /// <summary>Asks for it; true when it was taken.</summary>
    public async Task<bool> AskAsync(IDialogService dialogs)
    {
        var parameters = new DialogParameters<UploadDialog> { { d => d.Wanted, this } };
        var dialog = await dialogs.ShowAsync<UploadDialog>(Title, parameters);
        return await dialog.Result is { Canceled: false };
    }
}
