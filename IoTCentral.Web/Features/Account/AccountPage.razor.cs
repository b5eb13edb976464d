using IoTCentral.Core.Common;
using IoTCentral.Web.Security;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using PersonAccount = IoTCentral.Core.Access.Account;

namespace IoTCentral.Web.Features.Account;

public sealed partial class AccountPage
{
    private static readonly string[] Themes = ["system", "light", "dark"];

    private readonly FormFaults _faults = new();
    private PersonAccount? _account;
    private string? _done;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private AccountDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IStringLocalizer<AccountTexts> L { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "profile")]
    private ProfileInput? Profile { get; set; }

    [SupplyParameterFromForm(FormName = "password")]
    private PasswordInput? Password { get; set; }

    [SupplyParameterFromQuery]
    private string? Done { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _account = await Desk.GetAsync(Context.User);
        _done = Done is "profile" or "password" ? L[$"Done-{Done}"].Value : null;
    }

    private Task SaveProfileAsync() =>
        TryAsync(async () =>
        {
            await Desk.SaveAsync(Context, _account!, Profile?.Name ?? "", Profile?.TimeZone, Profile?.Theme);
            Navigation.NavigateTo("/account?done=profile");
        });

    private Task ChangePasswordAsync() =>
        TryAsync(async () =>
        {
            await Desk.ChangePasswordAsync(Context, _account!, Password?.Old ?? "", Password?.New ?? "");
            Navigation.NavigateTo("/account?done=password");
        });

    private async Task SignOutEverywhereAsync()
    {
        await Desk.SignOutEverywhereAsync(Context, _account!);
        Navigation.NavigateTo("/");
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (InvalidRequestException e)
        {
            _done = null;
            _faults.Set(e.Faults);
        }
    }

    private string? Wrong(string field) => _faults[field] is null ? null : "true";
}
