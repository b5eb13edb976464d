using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IoTCentral.Web.Features.Devices.Files;

public sealed partial class FilesTab
{
    private const int PageSize = 50;
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(250);

    private readonly Lifetime _gone = new();
    private List<DeviceFile>? _files;
    private FileUsage _usage;
    private string? _search;
    private string? _next;
    private int _typed;
    private IDisposable? _news;

    [Inject]
    private DeviceFiles Files { get; set; } = null!;

    [Inject]
    private InstallationOptions Options { get; set; } = null!;

    [Inject]
    private ChangeFeed Changes { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Parameter, EditorRequired]
    public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public Application Application { get; set; } = null!;

    [Parameter, EditorRequired]
    public Device Device { get; set; } = null!;

    private string UsageWords =>
        _usage.Most == 0
            ? L["UsageOpen", FileSize.Text(_usage.Bytes)]
            : L["Usage", FileSize.Text(_usage.Bytes), FileSize.Text(_usage.Most)];

    protected override async Task OnInitializedAsync()
    {
        _news = Changes.Listen(change =>
        {
            var isOurs = change.DeviceKey is null || change.DeviceKey == Device.Key;
            if (change.Tenant == Caller.Tenant && change.Kind == ChangeKind.File && isOurs)
                _ = InvokeAsync(RefreshAsync);
        });
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        // as many as are shown: what was asked for does not go away because a file came
        var count = Math.Max(PageSize, _files?.Count ?? 0);
        var page = await Files.ListAsync(Caller, Device.Id, _search, (null, count), _gone.Token);
        _usage = await Files.UsageAsync(Caller, _gone.Token);
        (_files, _next) = ([.. page.Items], page.Next);
    }

    private async Task RefreshAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is DomainException or OperationCanceledException or ObjectDisposedException)
        {
            return; // deleted, storage away, or the person left: what is shown stays
        }
        StateHasChanged();
    }

    private Task MoreAsync() =>
        Errors.TryAsync(async () =>
        {
            var page = await Files.ListAsync(Caller, Device.Id, _search, (_next, PageSize), _gone.Token);
            _files!.AddRange(page.Items);
            _next = page.Next;
        });

    private async Task SearchAsync(ChangeEventArgs e)
    {
        var typed = ++_typed;
        var text = ((string?)e.Value)?.Trim();
        await Task.Delay(TypingPause, Time);
        if (typed != _typed || _gone.IsOver)
            return;
        _search = string.IsNullOrEmpty(text) ? null : text;
        await Errors.TryAsync(ReadAsync);
    }

    private string AddressOf(DeviceFile file, bool isInline) =>
        AppAddress.Of(Application.Slug, FileDownloads.Address(Device.Id, file, isInline));

    private Task ShowAsync(DeviceFile file) =>
        Dialogs.ShowAsync<FilePreview>(
            file.Name,
            new DialogParameters<FilePreview>
            {
                { d => d.Caller, Caller },
                { d => d.Device, Device },
                { d => d.File, file },
                { d => d.Inline, AddressOf(file, true) },
                { d => d.Download, AddressOf(file, false) },
            },
            new DialogOptions { MaxWidth = MaxWidth.Medium }
        );

    private async Task DeleteAsync(DeviceFile file)
    {
        var question = new Question(
            L["DeleteTitle"],
            L["DeleteText", file.Name, FileSize.Text(file.Size)],
            L["DeleteAct"]
        );
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        await Errors.TryAsync(
            () => Files.DeleteAsync(Caller, Device.Id, file.Id, CancellationToken.None),
            L["Deleted"]
        );
        await RefreshAsync();
    }

    public void Dispose()
    {
        _news?.Dispose();
        _gone.Dispose();
    }
}
