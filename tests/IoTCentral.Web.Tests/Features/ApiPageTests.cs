using IoTCentral.Core.Access;
using IoTCentral.Web.Features.Access;
using IoTCentral.Web.Tests.Ui;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Tests.Features;

public sealed class ApiPageTests : UiContext
{
    [Fact]
    public void Every_permission_that_a_call_may_need_has_words()
    {
        var texts = Services.GetRequiredService<IStringLocalizer<AccessTexts>>();

        Assert.All(Enum.GetNames<Permission>(), p => Assert.False(texts[$"May{p}"].ResourceNotFound, p));
    }
}
