using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Applications;
using IoTCentral.Web.Features.Settings;
using IoTCentral.Web.Tests.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Features;

public sealed class ApplicationPagesTests : UiContext
{
    private readonly KnownApplications _known = new();

    public ApplicationPagesTests()
    {
        Services.AddSingleton<ITenantStore>(_known);
        Services.AddSingleton<ApplicationRegistry>();
        Access.IsInstallationAdministrator = true;
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Somebody_without_applications_is_offered_the_first_step()
    {
        var page = Render<ApplicationList>();

        Assert.Contains("No applications yet", page.Markup, StringComparison.Ordinal);
        Assert.Equal("/apps/new", page.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void Who_may_not_make_applications_is_not_offered_to()
    {
        Access.IsInstallationAdministrator = false;

        var page = Render<ApplicationList>();

        Assert.Empty(page.FindAll("a[href='/apps/new']"));
        Assert.Contains("Ask the administrator", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void My_applications_are_shown_with_my_role_and_without_suspended_ones()
    {
        Access.Add(App(), Role.Builder);
        Access.Add(App("closed", "Closed") with { IsSuspended = true }, Role.Builder);

        var page = Render<ApplicationList>();

        var tile = Assert.Single(page.FindAll("ul a"));
        Assert.Equal("/apps/fresh-market", tile.GetAttribute("href"));
        Assert.Contains("Builder", tile.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_application_gets_an_id_from_its_name_and_is_opened()
    {
        var page = Render<NewApplicationPage>();

        page.Find("#name").Input("Fresh Market North");
        page.Find("form").Submit();

        page.WaitForAssertion(() =>
            Assert.EndsWith("/apps/fresh-market-north", Navigation.Uri, StringComparison.Ordinal)
        );
        Assert.Equal("Fresh Market North", Assert.Single(_known.All).Name);
    }

    [Fact]
    public void What_is_wrong_is_said_beside_its_field_and_nothing_is_made()
    {
        var page = Render<NewApplicationPage>();

        page.Find("#id").Change("No Good");
        page.Find("#zone").Change("Europe/Nowhere");
        page.Find("form").Submit();

        page.WaitForAssertion(() =>
            Assert.Equal(["name-error", "id-error", "zone-error"], page.FindAll("[role=alert]").Select(e => e.Id))
        );
        Assert.Equal("true", page.Find("#zone").GetAttribute("aria-invalid"));
        Assert.Empty(_known.All);
    }

    [Fact]
    public void Settings_are_saved_and_the_button_rests_until_something_changes()
    {
        _known.All.Add(App());
        var page = Settings();
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));

        page.Find("#name").Input("Fresh Market South");
        page.Find("form").Submit();

        page.WaitForAssertion(() => Assert.Equal("Fresh Market South", _known.All[0].Name));
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void A_change_of_something_that_somebody_else_changed_is_refused_and_kept_on_the_page()
    {
        _known.All.Add(App() with { Version = 2 });
        var page = Settings();

        page.Find("#name").Input("Mine");
        page.Find("form").Submit();

        Assert.Equal("Mine", page.Find("#name").GetAttribute("value"));
        Assert.Contains(Services.GetRequiredService<ISnackbar>().ShownSnackbars, s => s.Severity == Severity.Error);
        Assert.Equal("Fresh Market", _known.All[0].Name);
    }

    private IRenderedComponent<SettingsPage> Settings() =>
        Render<SettingsPage>(p => p.AddCascadingValue(App()).AddCascadingValue(CallerWith(Role.Administrator)));
}
