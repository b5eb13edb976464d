using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices.List;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Devices;

public sealed class NewDeviceDialogTests : DeviceContext
{
    private async Task<(IRenderedComponent<MudDialogProvider> Dialogs, IDialogReference Dialog)> OpenAsync()
    {
        var dialogs = Dialogs();
        var parameters = new DialogParameters<NewDeviceDialog> { { d => d.Caller, CallerWith(Role.Operator) } };
        var service = Services.GetRequiredService<IDialogService>();
        var dialog = await dialogs.InvokeAsync(() => service.ShowAsync<NewDeviceDialog>("New device", parameters));
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("#device-id").Count == 1);
        return (dialogs, dialog);
    }

    [Fact]
    public async Task The_id_follows_the_name_until_it_is_typed()
    {
        var (dialogs, _) = await OpenAsync();

        await dialogs.Find("#device-name").InputAsync("Dairy 1");
        Assert.StartsWith("dairy-1-", dialogs.Find("#device-id").GetAttribute("value"), StringComparison.Ordinal);
        await dialogs.Find("#device-id").InputAsync("d1");
        await dialogs.Find("#device-name").InputAsync("Dairy 12");

        Assert.Equal("d1", dialogs.Find("#device-id").GetAttribute("value"));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_told_while_it_is_typed()
    {
        Devices.Add("d1");
        var (dialogs, _) = await OpenAsync();

        await dialogs.Find("#device-id").InputAsync("d1");

        Assert.Contains("already", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_with_a_space_is_told_which_characters_are_good()
    {
        var (dialogs, _) = await OpenAsync();

        await dialogs.Find("#device-id").InputAsync("my fridge");

        Assert.Contains("letters, digits", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_template_there_is_nothing_to_simulate()
    {
        Templates.All.Add(Fridge.Template);
        var (dialogs, _) = await OpenAsync();
        Assert.True(dialogs.FindAll("input[type=radio]")[1].HasAttribute("disabled"));

        await dialogs.Find("#device-template").ChangeAsync(Fridge.TemplateId);

        Assert.False(dialogs.FindAll("input[type=radio]")[1].HasAttribute("disabled"));
    }

    [Fact]
    public async Task A_simulated_device_is_made_as_it_was_wished_for()
    {
        Templates.All.Add(Fridge.Template);
        var (dialogs, dialog) = await OpenAsync();
        await dialogs.Find("#device-name").InputAsync("Dairy 1");
        await dialogs.Find("#device-id").InputAsync("d1");
        await dialogs.Find("#device-template").ChangeAsync(Fridge.TemplateId);
        await dialogs.FindAll("input[type=radio]")[1].ChangeAsync(true);

        await dialogs.Find("form").SubmitAsync();

        var made = Assert.Single(Devices.All);
        Assert.Equal(
            ("d1", "Dairy 1", Fridge.TemplateId, true),
            (made.Id, made.Name, made.TemplateId, made.IsSimulated)
        );
        Assert.Equal(made, (await dialog.Result)!.Data);
    }
}
