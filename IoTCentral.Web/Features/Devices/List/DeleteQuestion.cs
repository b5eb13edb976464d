using IoTCentral.Web.Ui.Forms;
using Microsoft.Extensions.Localization;

namespace IoTCentral.Web.Features.Devices.List;

/// <summary>The question before devices go for good: names them, and asks for a word to be typed.</summary>
internal static class DeleteQuestion
{
    private const int Named = 5;

    public static Question Of(IStringLocalizer<DeviceTexts> texts, IReadOnlyList<string> names) =>
        names is [var name]
            ? new(texts["DeleteOne", name], texts["DeleteOneText"], texts["DeleteDevice"]) { TypeName = name }
            : new(texts["DeleteMany", names.Count], texts["DeleteManyText", List(texts, names)], texts["DeleteDevices"])
            {
                TypeName = texts["DeleteWord", names.Count],
            };

    private static string List(IStringLocalizer<DeviceTexts> texts, IReadOnlyList<string> names) =>
        names.Count <= Named
            ? string.Join(", ", names)
            : texts["AndMore", string.Join(", ", names.Take(Named)), names.Count - Named];
}
