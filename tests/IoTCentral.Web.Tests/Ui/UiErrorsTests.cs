using Bunit;
using IoTCentral.Core.Common;
using IoTCentral.Web.Ui;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Ui;

public sealed class UiErrorsTests : UiContext
{
    private UiErrors Errors => Services.GetRequiredService<UiErrors>();

    private IEnumerable<string?> Said => Services.GetRequiredService<ISnackbar>().ShownSnackbars.Select(s => s.Message);

    [Fact]
    public async Task A_refusal_is_said_in_its_own_words()
    {
        var done = await Errors.TryAsync(() => throw new ConflictException("device.id-taken", "That id is taken."));

        Assert.False(done);
        Assert.Equal(["That id is taken."], Said);
    }

    [Fact]
    public async Task Faults_of_a_form_go_beside_their_fields_and_not_into_a_snackbar()
    {
        var form = new FormFaults();

        await Errors.TryAsync(
            () =>
                throw new InvalidRequestException(
                    "device.invalid",
                    [new Fault("Name", "Too long."), new Fault("", "No.")]
                ),
            form: form
        );

        Assert.Equal("Too long.", form["name"]);
        Assert.Equal(["No."], form.Rest.Select(f => f.Message));
        Assert.Empty(Said);
    }

    [Fact]
    public async Task Another_try_clears_the_faults_of_the_last()
    {
        var form = new FormFaults();
        form.Add("name", "Too long.");

        var done = await Errors.TryAsync(() => Task.CompletedTask, "Saved", form);

        Assert.True(done);
        Assert.Null(form["name"]);
        Assert.Equal(["Saved"], Said);
    }

    [Fact]
    public async Task What_nobody_expected_is_said_without_its_details()
    {
        await Errors.TryAsync(() => throw new FormatException("secret detail"));

        Assert.DoesNotContain("secret", Assert.Single(Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_page_is_no_failure()
    {
        await Errors.TryAsync(() => throw new OperationCanceledException());

        Assert.Empty(Said);
    }
}
