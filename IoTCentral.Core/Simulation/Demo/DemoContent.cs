using System.Globalization;
using System.Text.Json;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Simulation.Demo;

/// <summary>"Fresh Market": twelve grocery stores whose refrigerators, freezers and meters are simulated.</summary>
public static class DemoContent
{
    public const string ApplicationName = "Fresh Market";

    /// <summary>All stores are in one country, in one zone.</summary>
    public const string TimeZoneId = "Europe/London";

    /// <summary>How far back the application has data when it is made.</summary>
    public static TimeSpan History { get; } = TimeSpan.FromDays(7);

    /// <summary>Time between two messages of the back-filled history: about 420,000 messages in all.</summary>
    public static TimeSpan HistoryStep { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between two live messages; <see cref="HistoryStep"/> is a multiple, so both are of one series.</summary>
    public static TimeSpan LiveInterval { get; } = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<DemoStore> Stores { get; } =
    [
        new("london", "London", 51.5390, -0.1426, "Amelia Hart", 940),
        new("brighton", "Brighton", 50.8280, -0.1410, "Oliver Reed", 610),
        new("bristol", "Bristol", 51.4610, -2.5890, "Isla Morgan", 720),
        new("cardiff", "Cardiff", 51.4830, -3.1730, "Rhys Evans", 650),
        new("birmingham", "Birmingham", 52.4790, -1.9080, "Priya Shah", 880),
        new("nottingham", "Nottingham", 52.9530, -1.1500, "George Walsh", 590),
        new("manchester", "Manchester", 53.4800, -2.2450, "Chloe Barnes", 910),
        new("leeds", "Leeds", 53.7970, -1.5440, "Noah Clarke", 700),
        new("york", "York", 53.9590, -1.0820, "Freya Simmons", 480),
        new("newcastle", "Newcastle", 54.9740, -1.6130, "Jack Robson", 660),
        new("edinburgh", "Edinburgh", 55.9500, -3.2050, "Eilidh Fraser", 830),
        new("glasgow", "Glasgow", 55.8620, -4.2550, "Callum Boyd", 790),
    ];

    public static DeviceTemplate Refrigerator { get; } = Load("refrigerator");
    public static DeviceTemplate Freezer { get; } = Load("freezer");
    public static DeviceTemplate StoreMeter { get; } = Load("storeMeter");

    /// <summary>Published, ready to be stored.</summary>
    public static IReadOnlyList<DeviceTemplate> Templates { get; } = [Refrigerator, Freezer, StoreMeter];

    /// <summary>Two refrigerators, a freezer and a meter in each store.</summary>
    public static IReadOnlyList<DemoDevice> Devices { get; } = [.. Stores.SelectMany(DevicesOf)];

    private static IEnumerable<DemoDevice> DevicesOf(DemoStore store, int number)
    {
        yield return Cabinet(store, number, "fridge-1", "Dairy refrigerator", Refrigerator, "Dairy", 8);
        yield return Cabinet(store, number, "fridge-2", "Meat refrigerator", Refrigerator, "Meat", 7);
        yield return Cabinet(store, number, "freezer", "Freezer", Freezer, "Frozen food", -15);
        yield return new DemoDevice(
            $"{store.Key}-meter",
            $"{store.Town} · Store meter",
            StoreMeter.Id,
            store,
            new Dictionary<string, string>
            {
                ["storeName"] = Text(store.Name),
                ["storeManagerEmail"] = Text(store.ManagerEmail),
                ["town"] = Text(store.Town),
                ["floorArea"] = store.FloorArea.ToString(CultureInfo.InvariantCulture),
                ["comfortLimit"] = "24",
            }
        );
    }

    private static DemoDevice Cabinet(
        DemoStore store,
        int number,
        string id,
        string name,
        DeviceTemplate template,
        string goods,
        int limit
    ) =>
        new(
            $"{store.Key}-{id}",
            $"{store.Town} · {name}",
            template.Id,
            store,
            new Dictionary<string, string>
            {
                ["storeName"] = Text(store.Name),
                ["storeManagerEmail"] = Text(store.ManagerEmail),
                ["temperatureLimit"] = limit.ToString(CultureInfo.InvariantCulture),
                ["goods"] = Text(goods),
                ["lastService"] = Text($"2026-{1 + number % 9:00}-{3 + 2 * number:00}T09:00:00Z"),
            }
        );

    private static string Text(string value) => JsonSerializer.Serialize(value);

    private static DeviceTemplate Load(string name)
    {
        using var stream = typeof(DemoContent).Assembly.GetManifestResourceStream($"demo/{name}.json")!;
        using var reader = new StreamReader(stream);
        return DtdlReader.Read(reader.ReadToEnd()).Get() with { Status = TemplateStatus.Published, Original = null };
    }
}
