namespace IoTCentral.Data.Tests;
