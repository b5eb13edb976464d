using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace IoTCentral.Web.Features.Access;

public sealed partial class TokenCard : IDisposable
{
    private readonly Lifetime _gone = new();
    private readonly FormFaults _faults = new();
    private IReadOnlyList<ApiToken>? _tokens;
    private IssuedToken? _issued;
    private string? _id;
    private string _role = Role.Operator.Id;
    private int _days = 365;
    private bool _busy;

    [CascadingParameter]
    private Caller Caller { get; set; } = null!;

    [CascadingParameter]
    private Application Application { get; set; } = null!;

    [Inject]
    private ApiTokens Tokens { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private UiErrors Errors { get; set; } = null!;

    [Inject]
    private IStringLocalizer<AccessTexts> L { get; set; } = null!;

    protected override async Task OnInitializedAsync() => _tokens = await Tokens.ListAsync(Caller, _gone.Token);

    private async Task CreateAsync()
    {
        if (_busy)
            return;
        _busy = true;
        await Errors.TryAsync(
            async () =>
            {
                var (id, life) = (_id?.Trim() ?? "", TimeSpan.FromDays(_days));
                _issued = await Tokens.IssueAsync(Caller, Application, Role.Find(_role)!, id, life, _gone.Token);
                _id = null;
                _tokens = await Tokens.ListAsync(Caller, _gone.Token);
            },
            form: _faults
        );
        _busy = false;
    }

    private async Task RevokeAsync(ApiToken token)
    {
        var question = new Question(L["RevokeTitle", token.Id], L["RevokeText"], L["Revoke"]);
        if (!await ConfirmDialog.AskAsync(Dialogs, question))
            return;
        await Errors.TryAsync(
            async () =>
            {
                await Tokens.RevokeAsync(Caller, token.Id, _gone.Token);
                _issued = _issued?.Id == token.Id ? null : _issued;
                _tokens = await Tokens.ListAsync(Caller, _gone.Token);
            },
            L["Revoked", token.Id]
        );
    }

    public void Dispose()
    {
        _gone.Dispose();
    }
}
